-- Replaces entries in place: number, link and id stay, and so does the entry's stamp. Idempotent. Publishes nothing.
--
-- KEYS  per entry: head (string, see log-head.ts), log (list)
-- ARGV  per entry 4: epoch, seq, the JSON of the id up to the next field's value, the JSON from the id on that is to be there instead
-- returns per entry 1; 0 = no such entry is stored (any more)
local function item(k, a)
  local head, log, epoch, seq, id, tail = KEYS[k], KEYS[k + 1], ARGV[a], tonumber(ARGV[a + 1]), ARGV[a + 2], ARGV[a + 3]
  local found, last = string.match(redis.call('GET', head) or '', '^%S+ (%S+) (%d+) ')
  if found ~= epoch or tonumber(last) < seq then return 0 end
  local place = string.format('%.0f', seq - last - 1)
  local entry = redis.call('LINDEX', log, place)
  -- the link's id is JSON, too: a quote within it has a backslash before it, so this finds no other place
  local start = entry and string.find(entry, ',' .. id, 1, true)
  if not start then return 0 end
  redis.call('LSET', log, place, string.sub(entry, 1, start) .. tail)
  return 1
end
