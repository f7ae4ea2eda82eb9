-- Reads pages of logs, each as of one moment. Writes nothing. A page ends before it exceeds its bytes, which are counted here,
-- before anything is sent.
--
-- KEYS  per page: meta (hash), log (stream)
-- ARGV  per page 4: newest | oldest, the last (newest) or first (oldest) number wanted or '', entries at most, bytes at most
-- returns per page {{field, value, … of meta}, {{id, {p, prev, m, json}}, …}, 1 if bytes ended it, else 0}; newest: descending
--
-- AROUND  bytes that a message adds to its entry's text: conversation, epoch, numbers
-- FIRST   entries read by the first call, MOST by the later ones: what is read beyond the limit is thrown away
local AROUND, FIRST, MOST = 300, 8, 32

local function page(log, isNewest, from, count, bytes)
  local entries, left = {}, bytes
  local ask = FIRST
  while #entries < count do
    ask = math.min(ask, count - #entries)
    local got
    if isNewest then got = redis.call('XREVRANGE', log, from, '-', 'COUNT', ask)
    else got = redis.call('XRANGE', log, from, '+', 'COUNT', ask) end
    for _, entry in ipairs(got) do
      left = left - #entry[2][4] - AROUND
      if left < 0 and #entries > 0 then return entries, 1 end
      entries[#entries + 1] = entry
    end
    if #got < ask then break end
    from = '(' .. got[#got][1]
    ask = MOST
  end
  return entries, 0
end

local results = {}
for i = 0, #KEYS / 2 - 1 do
  local meta, log, order, bound = KEYS[i * 2 + 1], KEYS[i * 2 + 2], ARGV[i * 4 + 1], ARGV[i * 4 + 2]
  local isNewest = order == 'newest'
  local from = bound ~= '' and bound or (isNewest and '+' or '-')
  local entries, isCut = page(log, isNewest, from, tonumber(ARGV[i * 4 + 3]), tonumber(ARGV[i * 4 + 4]))
  results[i + 1] = { redis.call('HGETALL', meta), entries, isCut }
end
return results
