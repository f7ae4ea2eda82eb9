import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'im-chat'
import 'im-chat/react'

const gateway = new URLSearchParams(location.search).get('gateway') ?? ''

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <im-chat gateway={gateway} to="shop:42" product={{ title: 'Kettle' }} onim-send={({ detail }) => Object.assign(window, { heard: detail.id })} />
  </StrictMode>,
)
