/**
 * The address of a picture that the operator names (a logo, the `avatar` of a pass): on the web, the gateway's own, or of the page's host.
 * Undefined for anything else.
 */
export function pictureAddress(address: string | undefined, gateway: string): string | undefined {
  if (address === undefined || !/^(https?:\/\/|\/(?!\/))/i.test(address)) return undefined
  return address.startsWith('/v1/images/') ? gateway + address : address
}
