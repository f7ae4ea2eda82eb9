/**
 * Which pictures from other people load without asking the reader: those on the gateway and on the hosts that the operator lists (`IMAGE_HOSTS`). Any
 * other host would learn the reader's address, and that the message was read.
 */
export type ImageTrust = (address: string) => boolean

/** `gateway`: absolute, '' if unknown. `hosts`: names, or `*.` and a name for exactly one label before it. */
export const imageTrust =
  (gateway: string, hosts: readonly string[]): ImageTrust =>
  (address) => {
    try {
      const { origin, hostname, pathname } = new URL(address, gateway || location.href)
      if (pathname.startsWith('/v1/images/') && origin === new URL(gateway || location.href).origin) return true
      return hosts.some((host) => host === hostname || (host.startsWith('*.') && hostname.slice(hostname.indexOf('.') + 1) === host.slice(2)))
    } catch {
      return false
    }
  }
