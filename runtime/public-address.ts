import { lookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { TranspodError } from "@transpod/contract/errors.ts";

/** The host is not public, so clients may not make us connect to it. */
export class PrivateAddressError extends TranspodError {
  constructor(host: string) {
    super("private_address", `${host} is not an address of the public internet.`);
  }
}

/**
 * The prefix of NAT64, with an IPv4 address in the last four bytes.
 * https://www.rfc-editor.org/rfc/rfc6052
 */
const nat64 = ipaddr.IPv6.parse("64:ff9b::");

/**
 * Whether an IP address is one of the public internet: not private, loopback, link-local (where clouds
 * serve metadata), shared, multicast or reserved, nor an IPv6 form of such an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.match(nat64, 96)) {
    return isPublicAddress(parsed.toByteArray().slice(12).join("."));
  }
  return parsed.range() === "unicast";
}

/**
 * Throws a PrivateAddressError when the URL's host is an IP address that is not public. A name is
 * resolved only when connecting.
 */
export function refusePrivateHost(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (ipaddr.isValid(host) && !isPublicAddress(host)) throw new PrivateAddressError(host);
}

/**
 * For `connect`: resolves a name as usual, but fails for an address that is not public. The connection
 * uses this very address, so a name that resolves differently later (DNS rebinding) does no harm.
 */
export const lookupPublic: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const refused = error ?? refuse(host, addresses);
    const [first] = addresses ?? [];
    if (refused !== undefined || first === undefined) {
      callback(refused ?? new PrivateAddressError(host), []);
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function refuse(host: string, addresses: LookupAddress[]): PrivateAddressError | undefined {
  const allPublic = addresses.every(({ address }) => isPublicAddress(address));
  return allPublic ? undefined : new PrivateAddressError(host);
}
