-- Moves sides' cursors forward and publishes those that moved. Monotone, so a repeated call changes nothing.
--
-- KEYS  per cursor: head (string, see log-head.ts), meta (hash: c:<side> 'delivered read')
-- ARGV  1 PUBLISH | SPUBLISH
--       then per cursor 8: two routes (of both sides' channels, see inbox.lua), origin and conversation as nodes get them, the packet's text before the
--       value of "delivered", side, its number in the conversation (1, 2; else 0), delivered, read
-- returns per cursor 'delivered read'
local function advance(head, meta, a)
  local side = ARGV[a + 4]
  local seq, one, two = string.match(redis.call('GET', head) or '', '^%S+ %S+ (%d+) %S+ (%d+) (%d+) ')
  -- without a head nothing is left of the conversation, whatever else has not expired yet
  local known = seq and redis.call('HGET', meta, 'c:' .. side) or '0 0'
  local delivered, read = string.match(known, '^(%d+) (%d+)$')
  local number = ARGV[a + 5]
  local written = tonumber(number == '1' and one or number == '2' and two or 0)
  local last = tonumber(seq or 0)
  delivered, read = math.max(tonumber(delivered), written), math.max(tonumber(read), written)
  local toRead = math.max(read, math.min(last, tonumber(ARGV[a + 7])))
  local toDelivered = math.max(delivered, toRead, math.min(last, tonumber(ARGV[a + 6])))
  local value = string.format('%.0f %.0f', toDelivered, toRead)
  if toDelivered > delivered or toRead > read then
    redis.call('HSET', meta, 'c:' .. side, value)
    local found = lookUp(ARGV[a], ARGV[a + 1])
    local text = string.format('%s%s%.0f,"read":%.0f}]', ARGV[a + 2], ARGV[a + 3], toDelivered, toRead)
    tell(ARGV[a], found[1], ARGV[a + 1], found[2], text)
  end
  return value
end

local results = {}
for i = 1, #KEYS / 2 do results[i] = advance(KEYS[i * 2 - 1], KEYS[i * 2], i * 8 - 6) end
local failure = deliver(ARGV[1], ARGV[2])
return failure and { err = failure } or results
