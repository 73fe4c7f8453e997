import { expect, test } from "vitest";
import { isPublicAddress, lookupPublic, refusePrivateHost } from "./public-address.ts";

test.for([
  ["127.0.0.1", "loopback"],
  ["0.0.0.0", "this host"],
  ["10.1.2.3", "private"],
  ["172.31.255.255", "private"],
  ["192.168.0.1", "private"],
  ["169.254.169.254", "cloud metadata"],
  ["100.64.0.1", "carrier-grade NAT"],
  ["224.0.0.1", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["198.18.0.1", "benchmarks"],
  ["240.0.0.1", "reserved"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["::ffff:8.8.8.8", "IPv4-mapped"],
  ["::ffff:127.0.0.1", "IPv4-mapped"],
  ["::127.0.0.1", "IPv4-compatible"],
  ["64:ff9b::10.0.0.1", "NAT64 of a private address"],
  ["2002:7f00:1::", "6to4"],
  ["2001::1", "Teredo"],
  ["fd00:ec2::254", "cloud metadata"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local with a zone"],
  ["fec0::1", "site-local"],
  ["ff02::1", "multicast"],
  ["2001:db8::1", "documentation"],
] as const)("%s is not public: %s", ([address]) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.for(["8.8.8.8", "172.32.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8"])(
  "%s is public",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.for([
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://0x7f.1/",
  "http://0177.0.0.1/",
  "http://[::1]/",
  "http://[::ffff:a00:1]/",
])("%s is refused, however its address is written", (url) => {
  expect(() => refusePrivateHost(new URL(url))).toThrow("not an address of the public internet");
});

test("a name is not refused before it is looked up", () => {
  expect(() => refusePrivateHost(new URL("http://localhost/"))).not.toThrow();
});

test.for([true, false])(
  "a name that means a private address is not found (all: %s)",
  async (all) => {
    const error = await new Promise((resolve) =>
      lookupPublic("localhost", { all }, (refused) => resolve(refused)),
    );
    expect(error).toMatchObject({ code: "private_address" });
  },
);

test("an unknown name is not found, as usual", async () => {
  const error = await new Promise((resolve) =>
    lookupPublic("nowhere.invalid", {}, (refused) => resolve(refused)),
  );
  expect(error).toMatchObject({ syscall: "getaddrinfo" });
});
