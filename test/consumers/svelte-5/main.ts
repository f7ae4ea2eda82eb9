import { mount } from 'svelte'
import 'im-chat'
import 'im-chat/svelte'
import App from './App.svelte'

mount(App, { target: document.getElementById('app')! })
