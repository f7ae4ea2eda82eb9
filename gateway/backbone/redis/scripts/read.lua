-- Reads pages of logs, each as of one moment. Writes nothing. A page ends before it exceeds its bytes, which are counted here,
-- before anything is sent.
--
-- KEYS  per page: head (string, see log-head.ts), log (list), meta (hash)
-- ARGV  per page 4: newest | oldest, the last (newest) or first (oldest) number wanted or '', entries at most, bytes at most
-- returns per page {head, {field, value, … of meta}, {entry, …}, 1 if bytes ended it, else 0}; newest: descending
--
-- AROUND  bytes that a message adds to its entry's text: conversation, epoch, numbers
-- FIRST   entries read by the first call, MOST by the later ones: what is read beyond the limit is thrown away
local AROUND, FIRST, MOST = 300, 8, 32

-- A log's entries are counted from its end, where the head's is: its oldest may have been removed.
local function page(log, seq, isNewest, from, count, bytes)
  local entries, left, ask = {}, bytes, FIRST
  if isNewest then from = math.min(from, seq) else from = math.max(from, seq - redis.call('LLEN', log) + 1) end
  while #entries < count and from >= 1 and from <= seq do
    ask = math.min(ask, count - #entries, isNewest and from or seq - from + 1)
    local first = isNewest and from - ask + 1 or from
    local got = redis.call('LRANGE', log, first - seq - 1, first - seq + ask - 2)
    for i = 1, #got do
      local entry = got[isNewest and #got - i + 1 or i]
      left = left - #entry - AROUND
      if left < 0 and #entries > 0 then return entries, 1 end
      entries[#entries + 1] = entry
    end
    if #got < ask then break end
    from = isNewest and from - ask or from + ask
    ask = MOST
  end
  return entries, 0
end

local function item(k, a)
  local head, log, meta, isNewest, bound = KEYS[k], KEYS[k + 1], KEYS[k + 2], ARGV[a] == 'newest', ARGV[a + 1]
  local now = redis.call('GET', head)
  local seq = tonumber(string.match(now or '', '^%S+ %S+ (%d+) ') or 0)
  local from = bound ~= '' and tonumber(bound) or (isNewest and seq or 1)
  local entries, isCut = page(log, seq, isNewest, from, tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3]))
  return { now or '', now and redis.call('HGETALL', meta) or {}, entries, isCut }
end
