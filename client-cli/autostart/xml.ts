/** Text between tags or in a value; control characters were refused before (`serviceProgram`). */
export function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
