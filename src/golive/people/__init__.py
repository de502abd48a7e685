"""Who attests, signs, is on call and is told: signed records, calendars and channels."""
