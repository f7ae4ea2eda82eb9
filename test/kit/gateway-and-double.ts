import { systemClock } from '../../widget/client/clock.ts'
import { startGateway, type PassClaims } from './gateway.ts'
import { MemoryGateway } from './memory-gateway.ts'
import { memoryPass } from './memory-pass.ts'
import { WireClient, TRANSPORTS, type OpenWire, type Transport } from './wire-client.ts'

export type AnyTransport = Transport | 'memory'
/** The doors of a real gateway, and the double that stands for it in the client's tests. */
export const ALL_TRANSPORTS: readonly AnyTransport[] = [...TRANSPORTS, 'memory']

/** A real gateway and a MemoryGateway: whatever a suite asks of the one holds for the other. */
export async function startGatewayAndDouble() {
  const gateway = await startGateway()
  const double = new MemoryGateway(systemClock)
  const openMemory: OpenWire = ({ onClosed, onOpen, onText }) => {
    const [port] = double.ports()
    const transport = port!.open({ onOpen, onPacket: onText, onClose: () => onClosed(undefined), onHeard: () => undefined })
    return { send: (data) => transport.send(String(data)), close: () => transport.close() }
  }
  return {
    url: gateway.url,
    wireClient: (transport: AnyTransport) => (transport === 'memory' ? new WireClient(openMemory) : new WireClient(gateway.url, transport)).open(),
    pass: async (transport: AnyTransport, claims: PassClaims) => (transport === 'memory' ? memoryPass(claims) : gateway.pass(claims)),
    stop: async () => {
      double.kill()
      await gateway.stop()
    },
  }
}
