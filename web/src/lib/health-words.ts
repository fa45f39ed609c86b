import type { HealthState, Severity } from '../../../protocol/health.ts'
import type { Tone } from './words.ts'

type Word = { name: string; tone: Tone; meaning: string }

export const healthWords: Record<HealthState, Word> = {
  ok: { name: 'All is well', tone: 'ok', meaning: 'There is no warning that asks for anything.' },
  degraded: { name: 'Needs attention', tone: 'attention', meaning: 'Something is lost or slow.' },
  failing: { name: 'Failing', tone: 'danger', meaning: 'Answers may be wrong or missing.' },
}

export const severityWords: Record<Severity, Word> = {
  error: { name: 'Error', tone: 'danger', meaning: 'Answers may be wrong or missing.' },
  warning: { name: 'Warning', tone: 'attention', meaning: 'Something is lost or slow.' },
  info: { name: 'Note', tone: 'info', meaning: 'There is nothing to mend.' },
}
