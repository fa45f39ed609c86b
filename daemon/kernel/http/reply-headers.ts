/** What every reply says, whatever it is (daemon spec S7). */

const rules = [
  // Scripts, styles, pictures, connections: from the daemon alone, none of them written into the page.
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]

/** The policy of a document that brings these styles along itself: those, letter by letter, and no others. */
export function policyWithStyles(styles: readonly string[]): string {
  const { hash } = process.getBuiltinModule('node:crypto')
  const sources = styles.map((style) => `'sha256-${hash('sha256', style, 'base64')}'`)
  return [...rules, `style-src 'self' ${sources.join(' ')}`].join('; ')
}

const features = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']

export const commonHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': rules.join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': features.map((feature) => `${feature}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // Unless a reply says otherwise, nobody keeps it.
  'cache-control': 'no-store',
}
