import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { listen } from '../listen.ts'

/** Two short tones, a fourth apart: [Hz, start in s]. */
const TONES = [
  [880, 0],
  [1174.66, 0.09],
] as const
const TONE_SECONDS = 0.22
const LOUDNESS = 0.08
/** Messages within this time make one sound. */
const PAUSE_MS = 1500

/**
 * The sound of a new message. Made by WebAudio, so there is no file to fetch; browsers allow it only after the first key or click on
 * the page, which is when it gets ready. Of all windows of this browser one sounds: the first to take the message's lock.
 */
export class Chime implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  #audio: AudioContext | undefined
  #stopWaking: (() => void) | undefined
  #soundedAt = -Infinity

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    // fetched after the first click
    if (navigator.userActivation?.hasBeenActive) this.#wake()
    this.#stopWaking = listen(window, 'pointerdown keydown', this.#wake)
  }

  hostDisconnected(): void {
    this.#stopWaking?.()
    this.#stopWaking = undefined
    void this.#audio?.close()
    this.#audio = undefined
  }

  /** Plays the sound unless another window plays it, or did, for the same `key` (a message's id). Fires `im-sound` if this window played it. */
  ring(key: string): void {
    const now = performance.now()
    if (now - this.#soundedAt < PAUSE_MS) return
    if (!this.#stopWaking) return
    if (!navigator.locks) return this.#sound(now)
    const name = `im-chat:chime:${key}`
    void navigator.locks
      .request(name, { ifAvailable: true }, async (lock) => {
        if (!lock || !this.#stopWaking) return
        this.#sound(now)
        await new Promise((done) => setTimeout(done, PAUSE_MS))
      })
      .catch(() => undefined) // a sandboxed page has no lock manager: it stays silent
  }

  readonly #wake = (): void => {
    if (this.#audio || typeof AudioContext !== 'function') return
    this.#audio = new AudioContext()
  }

  #sound(now: number): void {
    this.#soundedAt = now
    const audio = this.#audio
    if (audio) for (const [pitch, start] of TONES) tone(audio, pitch, audio.currentTime + start)
    this.#host.dispatchEvent(new CustomEvent('im-sound', { bubbles: true, composed: true }))
  }
}

function tone(audio: AudioContext, pitch: number, start: number): void {
  const source = audio.createOscillator()
  const volume = audio.createGain()
  source.frequency.value = pitch
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01)
  volume.gain.exponentialRampToValueAtTime(0.0001, start + TONE_SECONDS)
  source.connect(volume).connect(audio.destination)
  source.start(start)
  source.stop(start + TONE_SECONDS)
}
