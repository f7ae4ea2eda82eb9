/**
 * Which pictures of other people are loaded without being asked for: those that lie on the gateway, and on the hosts that the operator
 * lists (`IMAGE_HOSTS`). Any other would tell a stranger's server the reader's address and that the message is being read.
 */
export type ImageTrust = (address: string) => boolean

/** `gateway` absolute, '' where it is not known; `hosts`: names, or `*.` and a name for one label in front of it. */
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
