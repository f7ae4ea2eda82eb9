import { systemClock } from '../../widget/client/clock.ts'
import { startGateway, type PassClaims } from './gateway.ts'
import { MemoryGateway } from './memory-gateway.ts'
import { memoryPass } from './memory-pass.ts'
import { Talker, WAYS, type OpenWire, type Way } from './talker.ts'

export type AnyWay = Way | 'memory'
/** The doors of a real gateway, and the double that stands for it in the client's tests. */
export const ALL_WAYS: readonly AnyWay[] = [...WAYS, 'memory']

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
    talker: (way: AnyWay) => (way === 'memory' ? new Talker(openMemory) : new Talker(gateway.url, way)).open(),
    pass: async (way: AnyWay, claims: PassClaims) => (way === 'memory' ? memoryPass(claims) : gateway.pass(claims)),
    stop: async () => {
      double.kill()
      await gateway.stop()
    },
  }
}
