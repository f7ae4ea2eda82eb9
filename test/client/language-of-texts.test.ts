/** In which language a customer writes, from short messages; nothing where it is not sure. */
import { expect, test } from 'vitest'
import { languageOfTexts } from '../../widget/desk/customer/language-of-texts.ts'

test.each([
  ['en', 'Hello, is it in stock?'],
  ['en', 'Where is my order?'],
  ['de', 'Hallo, ist der Wasserkocher auf Lager?'],
  ['de', 'Wo ist meine Bestellung?'],
  ['fr', 'Bonjour, où est ma commande ?'],
  ['es', 'Hola, ¿dónde está mi pedido?'],
  ['pt', 'Olá, quando chega o meu pedido?'],
  ['it', 'Ciao, quando arriva il mio ordine?'],
  ['nl', 'Waar is mijn bestelling?'],
  ['pl', 'Dzień dobry, gdzie jest moje zamówienie?'],
  ['tr', 'Merhaba, benim sipariş nerede?'],
  ['id', 'Halo, apakah barang ini bisa dikirim?'],
  ['vi', 'Xin chào, khi nào có hàng?'],
  ['ru', 'Где мой заказ?'],
  ['uk', 'Де моє замовлення, чи є?'],
  ['zh', '你好，有货吗'],
  ['zh', '订单 MG-20418 什么时候发货？'],
  ['ja', 'これはありますか'],
  ['ko', '안녕하세요 재고 있나요'],
  ['ar', 'مرحبا، هل هو متوفر؟'],
  ['th', 'สวัสดี มีของไหม'],
  ['he', 'שלום, איפה ההזמנה שלי?'],
  [undefined, 'ok'],
  [undefined, 'MG-20418'],
  [undefined, '👍👍'],
  [undefined, ''],
  [undefined, 'https://shop.example/the/is/my/order/with'],
])('%s: %s', (language, text) => {
  expect(languageOfTexts([text])).toBe(language)
})

test('more messages make it surer, and a megabyte costs nothing', () => {
  expect(languageOfTexts(['Hallo', 'Bestellung?', 'Wo ist sie'])).toBe('de')
  expect(languageOfTexts(['a'.repeat(1_000_000), 'https:'.repeat(100_000), 'where is my order'])).toBe('en')
})
