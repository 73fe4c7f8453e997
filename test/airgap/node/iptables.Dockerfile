# For what sets up the node's packet filter by calling iptables.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends conntrack ipset iproute2 iptables kmod \
 && rm -rf /var/lib/apt/lists/*
ARG BINARY
COPY $BINARY /usr/local/bin/
