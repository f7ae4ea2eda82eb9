'use client'
import { useEffect, useState } from 'react'
// also on the server, which renders the tag
import 'im-chat'
import 'im-chat/react'

export default function Page() {
  const [gateway, setGateway] = useState('')
  useEffect(() => setGateway(new URLSearchParams(location.search).get('gateway') ?? ''), [])
  return (
    <im-chat gateway={gateway} to="shop:42" product={{ title: 'Kettle' }} onim-send={({ detail }) => Object.assign(window, { heard: detail.id })} />
  )
}
