import type { Attack } from './attack.ts'
import { chatAttacks } from './kinds/chats.ts'
import { helloAttacks } from './kinds/hellos.ts'
import { packetAttacks } from './kinds/packets.ts'
import { pictureAttacks } from './kinds/pictures.ts'
import { requestAttacks } from './kinds/requests.ts'

const kinds: readonly Attack[] = [...packetAttacks, ...helloAttacks, ...requestAttacks, ...pictureAttacks, ...chatAttacks]

/** The attacks of the short version, which the tests run. */
const HANDFUL = ['deep-bodies', 'rate-limited-for-ever', 'big-hellos', 'small-packets', 'refused-upgrades', 'looking']

const handful: Attack = {
  name: 'a-handful',
  description: `${HANDFUL.join(', ')}, all at once`,
  run: async (stranger) => {
    const chosen = kinds.filter(({ name }) => HANDFUL.includes(name))
    await Promise.all(chosen.map((attack) => attack.run(stranger, {})))
  },
}

/** The table of all attacks. */
export const attacks: readonly Attack[] = [...kinds, handful]
