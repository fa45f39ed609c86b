/**
 * 128 random bits as hex: to tell things apart, not to keep a secret, so that no daemon has to load node:crypto at its
 * start, which takes 5 ms.
 */
export function newUniqueId(): string {
  const word = (): string =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return word() + word() + word() + word()
}
