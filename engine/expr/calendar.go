package expr

const microsPerDay = 86400 * 1000000

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// floorMod is a less the greatest multiple of b that is not above it.
func floorMod(a, b int64) int64 {
	r := a % b
	return r + b&(r>>63)
}

// civil returns year, month and day of a day count since 1970-01-01 in the
// proleptic Gregorian calendar. Algorithm: Howard Hinnant, "chrono-Compatible
// Low-Level Date Algorithms", civil_from_days: years begin in March, so that
// the leap day is the last of a year.
func civil(days int64) (year int64, month, day int) {
	z := days + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	year = yoe + era*400
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// daysFromCivil is the inverse of civil.
func daysFromCivil(year int64, month, day int) int64 {
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	mp := int64(month+9) % 12
	doy := (153*mp+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

func yearOf(days int64) int32  { y, _, _ := civil(days); return int32(y) }
func monthOf(days int64) int32 { _, m, _ := civil(days); return int32(m) }
func dayOf(days int64) int32   { _, _, d := civil(days); return int32(d) }

func quarterOf(days int64) int32 { return (monthOf(days) + 2) / 3 }

// weekdayOf is 0 for Monday to 6 for Sunday.
func weekdayOf(days int64) int32 { return int32(((days+3)%7 + 7) % 7) }

func dayOfWeek(days int64) int32 { return (weekdayOf(days)+1)%7 + 1 }

func dayOfISOWeek(days int64) int32 { return weekdayOf(days) + 1 }

func dayOfYear(days int64) int32 {
	y, _, _ := civil(days)
	return int32(days - daysFromCivil(y, 1, 1) + 1)
}

// An ISO week belongs to the year of its Thursday.
func thursday(days int64) int64 { return days - int64(weekdayOf(days)) + 3 }

func yearOfWeek(days int64) int32 { return yearOf(thursday(days)) }

func weekOfYear(days int64) int32 { return (dayOfYear(thursday(days))-1)/7 + 1 }

// lastDay is the last day of the month of a day.
func lastDay(days int64) int64 {
	y, m, _ := civil(days)
	return daysFromCivil(y+int64(m/12), m%12+1, 1) - 1
}

var monthNames = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

var weekdayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// appendTwo prints a number in two digits.
func appendTwo(dst []byte, v int) []byte { return append(dst, byte('0'+v/10%10), byte('0'+v%10)) }
