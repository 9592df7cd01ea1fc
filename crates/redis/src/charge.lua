-- Charges budgets one after the other at the server's time, as slotwerk_throttle::Budget::charge does without a hard
-- stop. All times are whole milliseconds, exact in a double.
--
-- KEYS[i]: the budget of charge i. ARGV[1]: '1' to end with the first denial. Then seven numbers for each charge.
-- A value is 'tat failures recent'. It lives for as long as it could deny or delay an attempt.

local TOLERANCE_MS, SLACK_MS, MOST = 60000, 1000, 4294967295

local function whole(number)
  return string.format('%.0f', number)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answers = {}

for i = 1, #KEYS do
  local at = 2 + (i - 1) * 7
  local refill, span, reach = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local forgotten, free = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local base, cap = tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6])

  local tat, failures, recent, malformed = now, 0, 0, 0
  local stored = redis.call('GET', KEYS[i])
  if stored then
    local a, b, c = string.match(stored, '^(%d+) (%d+) (%d+)$')
    if a and tonumber(b) <= MOST and tonumber(c) <= MOST then
      tat, failures, recent = tonumber(a), tonumber(b), tonumber(c)
    else
      malformed = 1
    end
  end

  -- An arrival time that no right clock has written.
  local ahead = 0
  if tat > now + reach + TOLERANCE_MS then
    tat, ahead = now + span, 1
  elseif tat + (recent > 0 and forgotten or 0) <= now then
    recent = 0
  end

  if tat - span > now then
    answers[i] = { 0, malformed, tat - span - now }
    if ARGV[1] == '1' then
      break
    end
  else
    local next_failures, next_recent = math.min(failures + 1, MOST), math.min(recent + 1, MOST)
    local next_tat = math.max(tat, now) + refill
    if cap > 0 and next_recent > free then
      local delay = math.min(base * 2 ^ (next_recent - free - 1), cap)
      next_tat = math.max(next_tat, now + span + delay)
    end
    local value = whole(next_tat) .. ' ' .. whole(next_failures) .. ' ' .. whole(next_recent)
    redis.call('SET', KEYS[i], value, 'PX', whole(next_tat + forgotten - now + SLACK_MS))
    answers[i] = { 1, malformed, ahead, tat, failures, recent, next_tat, next_failures, next_recent }
  end
end

return answers
