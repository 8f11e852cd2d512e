package expr

// timeFunctions are the rows of the function table on dates and times.
func timeFunctions() []function {
	rows := []function{
		{"hour", 1, 1, bindClock(hourOfDay), "hour of a timestamp, 0 to 23"},
		{"minute", 1, 1, bindClock(minuteOfHour), "minute of the hour"},
		{"second", 1, 1, bindClock(secondOfMinute), "second of the minute"},
		{"extract date_part datepart", 2, 2, bindExtract, "a field of a date, timestamp or interval: YEAR, QUARTER, MONTH, WEEK, DAY, DOW, DOY, HOUR, MINUTE, SECOND, YEAROFWEEK"},
		{"dayname", 1, 1, typed(String, dayName, Date), "Mon to Sun"},
		{"monthname", 1, 1, typed(String, monthName, Date), "Jan to Dec"},
		{"date_add dateadd", 2, 3, bindDateAdd(1), "date some days later; with a unit first as timestampadd"},
		{"date_sub", 2, 2, bindDateAdd(-1), "date some days earlier"},
		{"datediff date_diff timediff", 2, 3, bindDateDiff, "days from the second date to the first; with a unit first as timestampdiff"},
		{"add_months", 2, 2, typed(Date, addMonthsRow, Date, Int32), "date some months later, at most the last day of its month"},
		{"months_between", 2, 3, bindMonthsBetween, "months from the second timestamp to the first, days counting as 31sts, rounded to 8 digits"},
		{"last_day", 1, 1, bindDateOf(lastDay), "last day of the month"},
		{"next_day", 2, 2, moded(Date, nextDay, Date, String), "first day after a date that is a day of the week"},
		{"timestampadd", 3, 3, bindTimestampAdd, "timestamp so many units later: 'YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR' and so on"},
		{"timestampdiff", 3, 3, bindTimestampDiff, "whole units from the second argument to the third"},
		{"trunc", 2, 2, bindTrunc, "date cut to 'year', 'quarter', 'month' or 'week'"},
		{"date_trunc", 2, 2, bindDateTrunc, "timestamp cut to 'year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond' or 'microsecond'"},
		{"make_date", 3, 3, moded(Date, makeDate, Int32), "date of year, month and day"},
		{"make_timestamp make_timestamp_ltz", 6, 7, bindMakeTimestamp(Timestamp), "timestamp of year, month, day, hour, minute, second and perhaps zone"},
		{"make_timestamp_ntz", 6, 6, bindMakeTimestamp(TimestampNTZ), "timestamp without zone of year, month, day, hour, minute, second"},
		{"try_make_timestamp try_make_timestamp_ltz", 6, 7, trying(bindMakeTimestamp(Timestamp)), "as make_timestamp, null where there is no such time"},
		{"try_make_timestamp_ntz", 6, 6, trying(bindMakeTimestamp(TimestampNTZ)), "as make_timestamp_ntz, null where there is no such time"},
		{"make_dt_interval", 0, 4, bindMakeDayTime, "interval of days, hours, minutes and seconds"},
		{"make_ym_interval", 0, 2, typed(YearMonth, makeYearMonth, Int32), "interval of years and months"},
		{"to_date", 1, 2, bindToDate, "date of a text, in a pattern of letters like yyyy-MM-dd"},
		{"to_timestamp to_timestamp_ltz", 1, 2, bindToTimestamp(Timestamp), "timestamp of a text, in a pattern of letters like yyyy-MM-dd HH:mm:ss"},
		{"to_timestamp_ntz", 1, 2, bindToTimestamp(TimestampNTZ), "timestamp without zone of a text"},
		{"try_to_timestamp", 1, 2, trying(bindToTimestamp(Timestamp)), "as to_timestamp, null where the text is none"},
		{"unix_timestamp to_unix_timestamp", 1, 2, bindUnixTimestamp, "seconds since 1970 of a timestamp, or of a text in a pattern"},
		{"from_unixtime", 1, 2, bindFromUnix, "text of seconds since 1970, in a pattern"},
		{"date_format", 2, 2, bindDateFormat, "text of a timestamp in a pattern: y M d D Q E a h H k K m s S V z O X x Z G, 'text'"},
		{"from_utc_timestamp", 2, 2, moded(Timestamp, shiftZone(false), Timestamp, String), "what a clock in a zone shows when one in UTC shows the timestamp"},
		{"to_utc_timestamp", 2, 2, moded(Timestamp, shiftZone(true), Timestamp, String), "what a clock in UTC shows when one in a zone shows the timestamp"},
		{"convert_timezone", 2, 3, bindConvertZone, "timestamp without zone moved from a zone, or the session's, to another"},
		{"window", 2, 4, bindWindow, "start and end of the window of a length, like '10 minutes', that a timestamp is in; after slide, equal to the length, a start time"},
	}
	return append(append(dateFields(), rows...), unixFunctions()...)
}
