-- In front of scripts that read rows of lists (scripts.ts). A row is a text, because a node reads one text sooner than twenty: the head, and with `most` then, with a
-- NUL before each, the newest entry, or = and its bytes where it has more than `most`, or nothing where there is none; and field and value of all of meta. None of
-- them contains a NUL: they are JSON, ids, and words of ours
local function row(head, log, meta, most)
  if not head or most == '' then return head or '' end
  local entry = redis.call('LINDEX', log, -1) or ''
  if #entry > tonumber(most) then entry = '=' .. #entry end
  local fields = table.concat(redis.call('HGETALL', meta), '\0')
  return head .. '\0' .. entry .. (fields == '' and '' or '\0' .. fields)
end

