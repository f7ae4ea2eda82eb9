const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 22 characters of base64url: 132 random bits, made before sending, so that sending the same message twice has no effect. */
export function clientId(random: () => number): string {
  let id = ''
  while (id.length < 22) id += ALPHABET[Math.floor(random() * 64)]
  return id
}
