-- Appends entries to logs and publishes each: dedupe, number, chain, store, move the sender's cursor, list, publish.
-- Atomic and idempotent: the same entry again changes and publishes nothing, so whoever is in doubt sends it again.
--
-- KEYS  per entry ARGV[1] of them: meta (hash), log (stream), window (string), then the lists (sorted sets) that live
--       on this very server, if any
-- ARGV  1 keys per entry   2 PUBLISH | SPUBLISH   3 places in the window   4 entries to keep, 0 = all
--       5 ms to keep, 0 = for ever
--       then per entry 11: channel, origin, conversation, the epoch if this is the first entry,
--       the JSON before the epoch, the JSON after the number and the link ("id" and "from" first), how many bytes of it
--       are "id" and "from", the id as JSON, side, name as JSON or '', at
-- returns per entry  'seq epoch prev' (prev as JSON, empty at the first)  for a new one,
--         {seq, epoch, prev, JSON after the number}  for a known one
--
-- meta    e epoch · s seq of the last entry · i its id as JSON · c:<side> 'delivered read' · n:<side> name as JSON
-- log     <seq>-0  p = the id before as JSON, m = the JSON after the number
-- window  4 bytes a place, place = seq % places: the start of the SHA-1 of "id" and "from". A hit is only a hint: the log decides.
local per, publish, places = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local keep, age = tonumber(ARGV[4]), tonumber(ARGV[5])
local HEAD, WIDTH = 5, 11

-- The known entry with this key among the last `places`, as {seq, {p, prev, m, json}}; more than 16 false hints are an attack.
local function find(log, window, tag, key, seq)
  local from = 1
  for _ = 1, 16 do
    local at = string.find(window, tag, from, true)
    if not at then return nil end
    if at % 4 == 1 then
      local n = seq - ((seq - (at - 1) / 4) % places)
      local entry = n > 0 and redis.call('XRANGE', log, n, n)[1]
      if entry and string.sub(entry[2][4], 1, #key) == key then return n, entry[2] end
    end
    from = at + 1
  end
end

-- Forgets what was written before `limit`; numbers are dense, so the first entry to keep is found by halving.
local function forget(log, seq, limit)
  local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  local function isOld(entry) return tonumber(string.match(entry[2][4], '"at":([^,}]+)}$')) < limit end
  if not first or not isOld(first) then return end
  local low, high = tonumber(string.match(first[1], '^%d+')), seq
  while high - low > 1 do
    local middle = math.floor((low + high) / 2)
    if isOld(redis.call('XRANGE', log, middle, middle)[1]) then low = middle else high = middle end
  end
  redis.call('XTRIM', log, 'MINID', high)
end

local function append(k, a)
  local meta, log, window = KEYS[k], KEYS[k + 1], KEYS[k + 2]
  local tail, id, side, name = ARGV[a + 5], ARGV[a + 7], ARGV[a + 8], ARGV[a + 9]
  local known = redis.call('HMGET', meta, 'e', 's', 'i', 'n:' .. side)
  local epoch, seq, prev = known[1], tonumber(known[2] or 0), known[3] or ''
  local key = string.sub(tail, 1, tonumber(ARGV[a + 6]))
  local tag = struct.pack('>I4', tonumber(string.sub(redis.sha1hex(key), 1, 8), 16))
  if epoch then
    local n, entry = find(log, redis.call('GET', window) or '', tag, key, seq)
    if n then return { n, epoch, entry[2], entry[4] } end
  else
    epoch = ARGV[a + 3]
    redis.call('HSET', meta, 'e', epoch)
  end
  seq = seq + 1
  local number = string.format('%.0f', seq)
  if keep > 0 then
    redis.call('XADD', log, 'MAXLEN', '~', keep, number .. '-0', 'p', prev, 'm', tail)
  else
    redis.call('XADD', log, number .. '-0', 'p', prev, 'm', tail)
  end
  redis.call('SETRANGE', window, (seq % places) * 4, tag)
  redis.call('HSET', meta, 's', number, 'i', id, 'c:' .. side, number .. ' ' .. number)
  if name ~= '' and name ~= known[4] then redis.call('HSET', meta, 'n:' .. side, name) end
  if age > 0 then
    if seq % 32 == 0 then forget(log, seq, tonumber(ARGV[a + 10]) - age) end
    redis.call('PEXPIRE', log, age)
    redis.call('PEXPIRE', window, age)
  end
  for list = k + 3, k + per - 1 do redis.call('ZADD', KEYS[list], ARGV[a + 10], ARGV[a + 2]) end
  local link = prev == '' and '' or '"prev":' .. prev .. ','
  redis.call(publish, ARGV[a], ARGV[a + 1] .. '\n2["messagePush",' .. ARGV[a + 4] .. '"' .. epoch .. '","seq":' .. number
    .. ',' .. link .. tail .. ']')
  return number .. ' ' .. epoch .. ' ' .. prev
end

local results = {}
for i = 0, #KEYS / per - 1 do results[i + 1] = append(i * per + 1, HEAD + i * WIDTH + 1) end
return results
