-- Reads a part of a list and what follows it of its last second; together with its conversations, where all of them are on one server. Writes nothing.
--
-- KEYS  per part: list (sorted set)
-- ARGV  per part 6: the greatest score, how many rows come before the part, how many it has at most,
--       bytes of an entry at most, or '' for heads alone, or - for the list alone,
--       the time before which all are to be, or '', and the score of rows by the minute that may be before it, too, or ''
-- returns per part {how many rows there are, then for each row conversation, score, text (row.lua)}: first those of the minute, which are not counted, then the
--       greatest score first. No text where the score has no tag (list-seconds.ts). At most LATER rows follow the part. If it has more rows with a log than asked
--       for, only the newest by their heads are returned
local SECOND, LATER = 1000, 500

-- Which heads are needless: those not before `before`, and all but the newest `count` others. `scores`: of their rows; one that is ahead of its log counts as
-- from its second's start.
local function needless(heads, scores, count, before)
  local order, times, found = {}, {}, {}
  for j = 1, #scores do
    local at = tonumber(heads[j] and string.match(heads[j], '^%S+ %S+ %d+ (%S+)') or nil)
    if at then
      times[j] = math.max(at, scores[j] - scores[j] % SECOND - SECOND)
      if times[j] < before then order[#order + 1] = j else found[j] = true end
    end
  end
  if #order > count then table.sort(order, function(one, two) return times[one] > times[two] end) end
  for j = count + 1, #order do found[order[j]] = true end
  return found
end

local function append(part, rows)
  for j = 1, #rows do part[#part + 1] = rows[j] end
end

local results = {}
for i = 1, #KEYS do
  local list, a = KEYS[i], i * 6 - 6
  local from, offset, count, most, minute = ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3]), ARGV[a + 4], ARGV[a + 6]
  local part = minute ~= '' and redis.call('ZRANGEBYSCORE', list, minute, minute, 'WITHSCORES', 'LIMIT', 0, LATER) or {}
  local before = #part
  append(part, redis.call('ZREVRANGEBYSCORE', list, from, '-inf', 'WITHSCORES', 'LIMIT', offset, count))
  if #part == before + count * 2 then
    local second = string.format('%.0f', math.floor(part[#part] / SECOND) * SECOND)
    append(part, redis.call('ZREVRANGEBYSCORE', list, from, second, 'WITHSCORES', 'LIMIT', offset + count, LATER))
  end
  local keys, starts, scores, places = {}, {}, {}, {}
  for j = 1, most == '-' and 0 or #part, 2 do
    local score = tonumber(part[j + 1])
    local tag = score % SECOND - 1
    if tag >= 0 and tag < 64 then
      local start, n = 'im:{c' .. tag .. '}:', #keys + 1
      keys[n], starts[n], scores[n], places[j] = start .. 'head:' .. part[j], start, score, n
    end
  end
  local heads = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
  local isNeedless = #keys > count and most ~= '' and needless(heads, scores, count, tonumber(ARGV[a + 5]) or math.huge) or {}
  local found, n = { (#part - before) / 2 }, 1
  for j = 1, #part, 2 do
    local place = places[j]
    if not isNeedless[place] then
      local conversation = part[j]
      found[n + 1], found[n + 2] = conversation, part[j + 1]
      found[n + 3] = place and row(heads[place], starts[place] .. 'log:' .. conversation, starts[place] .. 'meta:' .. conversation, most) or false
      n = n + 3
    end
  end
  results[i] = found
end
return results
