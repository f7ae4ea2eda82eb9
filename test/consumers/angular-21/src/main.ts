import { ChangeDetectionStrategy, Component, CUSTOM_ELEMENTS_SCHEMA, signal } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import 'im-chat'

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<im-chat [attr.gateway]="gateway" to="shop:42" [product]="product()" (im-send)="sent($event)"></im-chat>`,
})
class Page {
  readonly gateway = new URLSearchParams(location.search).get('gateway') ?? ''
  readonly product = signal({ title: 'Kettle' })

  sent(event: CustomEvent<{ readonly id: string }>): void {
    Object.assign(window, { heard: event.detail.id })
  }
}

bootstrapApplication(Page).catch((error: unknown) => console.error(error))
