import type { Attack } from './attack.ts'
import { chatAttacks } from './kinds/chats.ts'
import { helloAttacks } from './kinds/hellos.ts'
import { packetAttacks } from './kinds/packets.ts'
import { pictureAttacks } from './kinds/pictures.ts'
import { requestAttacks } from './kinds/requests.ts'

/** THE table of what strangers do. */
export const attacks: readonly Attack[] = [...packetAttacks, ...helloAttacks, ...requestAttacks, ...pictureAttacks, ...chatAttacks]
