import { StrictMode, useEffect, useRef } from 'react'
import { createRoot } from 'react-dom/client'
import 'im-chat'
import 'im-chat/react'
import type { ChatElement } from 'im-chat/im-chat'

const gateway = new URLSearchParams(location.search).get('gateway') ?? ''

function Chat() {
  const chat = useRef<ChatElement>(null)
  useEffect(() => {
    const onSend = ({ detail }: CustomEvent<{ readonly id: string }>): unknown => Object.assign(window, { heard: detail.id })
    const element = chat.current!
    element.addEventListener('im-send', onSend)
    return () => element.removeEventListener('im-send', onSend)
  }, [])
  return <im-chat ref={chat} gateway={gateway} to="shop:42" product={JSON.stringify({ title: 'Kettle' })} />
}

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <Chat />
  </StrictMode>,
)
