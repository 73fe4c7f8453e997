FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends conntrack ipset iptables kmod \
 && rm -rf /var/lib/apt/lists/*
COPY kube-proxy /usr/local/bin/
