/** What every reply says, whatever it is (daemon spec S7). */

const policy = [
  // Scripts, styles, pictures, connections: from the daemon alone, none of them written into the page.
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const features = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']

export const commonHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': features.map((feature) => `${feature}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // Unless a reply says otherwise, nobody keeps it.
  'cache-control': 'no-store',
}
