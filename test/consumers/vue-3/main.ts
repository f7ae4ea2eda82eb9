import { createApp } from 'vue'
import 'im-chat'
import App from './App.vue'

createApp(App).mount('#app')
