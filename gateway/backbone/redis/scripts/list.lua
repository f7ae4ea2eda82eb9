-- Reads a part of a list and what follows it of its last minute; together with its conversations, where all of them are on one server. Writes nothing.
--
-- KEYS  per part: list (sorted set)
-- ARGV  per part 4: the greatest score, how many rows come before the part, how many it has at most,
--       bytes of an entry at most, or '' for heads alone, or - for the list alone
-- returns per part {{conversation, score, row (see row.lua)}, …}, greatest score first; without the row where the score has no tag (list-minutes.ts).
--       At most LATER rows follow the part, and only so many as it has are whole, by their heads the newest: of the others there is the head.
local MINUTE, LATER = 60000, 500

-- The numbers of those heads that are not among the `count` newest.
local function older(heads, count)
  local order, times, found = {}, {}, {}
  for j = 1, #heads do
    order[j] = j
    times[j] = tonumber(heads[j] and string.match(heads[j], '^%S+ %S+ %d+ (%S+)') or 0) or 0
  end
  if #heads > count then table.sort(order, function(one, two) return times[one] > times[two] end) end
  for j = count + 1, #order do found[order[j]] = true end
  return found
end

local results = {}
for i = 1, #KEYS do
  local a = i * 4 - 4
  local from, offset, count, most = ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3]), ARGV[a + 4]
  local part = redis.call('ZREVRANGEBYSCORE', KEYS[i], from, '-inf', 'WITHSCORES', 'LIMIT', offset, count)
  if #part == count * 2 then
    local minute = string.format('%.0f', math.floor(part[#part] / MINUTE) * MINUTE)
    local later = redis.call('ZREVRANGEBYSCORE', KEYS[i], from, minute, 'WITHSCORES', 'LIMIT', offset + count, LATER)
    for j = 1, #later do part[count * 2 + j] = later[j] end
  end
  local rows, keys, places = {}, {}, {}
  for j = 1, #part, 2 do
    local conversation = part[j]
    rows[#rows + 1] = { conversation, part[j + 1] }
    local tag = part[j + 1] % MINUTE - 1
    if tag >= 0 and tag < 64 and most ~= '-' then
      local start = 'im:{c' .. tag .. '}:'
      keys[#keys + 1] = start .. 'head:' .. conversation
      places[#keys] = { rows[#rows], start .. 'log:' .. conversation, start .. 'meta:' .. conversation }
    end
  end
  local heads = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
  local isOlder = #keys > count and most ~= '' and older(heads, count) or {}
  for j, place in ipairs(places) do place[1][3] = row(heads[j], place[2], place[3], isOlder[j] and '' or most) end
  results[i] = rows
end
return results
