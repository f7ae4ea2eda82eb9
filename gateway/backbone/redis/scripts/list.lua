-- Reads a part of a list and what follows it of its last minute; together with its conversations, where all of them are on one server. Writes nothing.
--
-- KEYS  per part: list (sorted set)
-- ARGV  per part 5: the greatest score, how many rows come before the part, how many it has at most,
--       bytes of an entry at most, or '' for heads alone, or - for the list alone,
--       and the time before which all are to be, or ''
-- returns per part {how many rows there are, {conversation, score, row (see row.lua)}, …}, greatest score first; without the row where the score has no
--       tag (list-minutes.ts). At most LATER rows follow the part. If it has more rows with a log than asked for, only the newest by their heads are returned
local MINUTE, LATER = 60000, 500

-- Which heads are needless: those not before `before`, and all but the newest `count` others. `scores`: of their rows; one that is ahead of its log counts as
-- from its minute's start.
local function needless(heads, scores, count, before)
  local order, times, found = {}, {}, {}
  for j = 1, #scores do
    local at = tonumber(heads[j] and string.match(heads[j], '^%S+ %S+ %d+ (%S+)') or nil)
    if at then
      times[j] = math.max(at, scores[j] - scores[j] % MINUTE - MINUTE)
      if times[j] < before then order[#order + 1] = j end
    end
  end
  if #order > count then table.sort(order, function(one, two) return times[one] > times[two] end) end
  for j = count + 1, #order do found[order[j]] = true end
  return found
end

local results = {}
for i = 1, #KEYS do
  local a = i * 5 - 5
  local from, offset, count, most = ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3]), ARGV[a + 4]
  local part = redis.call('ZREVRANGEBYSCORE', KEYS[i], from, '-inf', 'WITHSCORES', 'LIMIT', offset, count)
  if #part == count * 2 then
    local minute = string.format('%.0f', math.floor(part[#part] / MINUTE) * MINUTE)
    local later = redis.call('ZREVRANGEBYSCORE', KEYS[i], from, minute, 'WITHSCORES', 'LIMIT', offset + count, LATER)
    for j = 1, #later do part[count * 2 + j] = later[j] end
  end
  local rows, keys, logs, scores, places = {}, {}, {}, {}, {}
  for j = 1, #part, 2 do
    local conversation, score = part[j], tonumber(part[j + 1])
    local place = { conversation, part[j + 1] }
    rows[#rows + 1] = place
    local tag = score % MINUTE - 1
    if tag >= 0 and tag < 64 and most ~= '-' then
      local start, n = 'im:{c' .. tag .. '}:', #keys + 1
      keys[n], logs[n], scores[n], places[n] = start .. 'head:' .. conversation, start, score, place
    end
  end
  local heads = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
  local isNeedless = #keys > count and most ~= '' and needless(heads, scores, count, tonumber(ARGV[a + 5]) or math.huge) or {}
  local found = { #rows }
  for j, place in ipairs(places) do
    if isNeedless[j] then place[1] = nil
    else place[3] = row(heads[j], logs[j] .. 'log:' .. place[1], logs[j] .. 'meta:' .. place[1], most) end
  end
  for _, place in ipairs(rows) do if place[1] then found[#found + 1] = place end end
  results[i] = found
end
return results
