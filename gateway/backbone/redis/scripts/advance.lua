-- Moves sides' cursors forward and publishes those that moved. Monotone, so a repeated call changes nothing.
--
-- KEYS  per cursor: meta (hash)
-- ARGV  1 PUBLISH | SPUBLISH
--       then per cursor 6: channel, origin, the packet's text before the value of "delivered", side, delivered, read
-- returns per cursor 'delivered read'
local publish = ARGV[1]

local function advance(meta, a)
  local side = ARGV[a + 3]
  local known = redis.call('HMGET', meta, 's', 'c:' .. side)
  local head = tonumber(known[1] or 0)
  local delivered, read = string.match(known[2] or '0 0', '^(%d+) (%d+)$')
  delivered, read = tonumber(delivered), tonumber(read)
  local toRead = math.max(read, math.min(head, tonumber(ARGV[a + 5])))
  local toDelivered = math.max(delivered, toRead, math.min(head, tonumber(ARGV[a + 4])))
  local value = string.format('%.0f %.0f', toDelivered, toRead)
  if toDelivered > delivered or toRead > read then
    redis.call('HSET', meta, 'c:' .. side, value)
    redis.call(publish, ARGV[a], string.format('%s\n%s%.0f,"read":%.0f}]', ARGV[a + 1], ARGV[a + 2], toDelivered, toRead))
  end
  return value
end

local results = {}
for i = 1, #KEYS do results[i] = advance(KEYS[i], 2 + (i - 1) * 6) end
return results
