package calendar

import "encoding/binary"

// fixedLayout is a layout whose numbers stand at fixed places. Rows of one month differ in a few
// bytes only, so a text is compared with the last one by words of eight bytes, in which the bytes
// that may differ are masked.
type fixedLayout struct {
	width                                  int
	year, month, day, hour, minute, second int // offsets; -1 where the layout does not have it
	literals                               []fixedLiteral

	quick bool       // the month's word and words say all but the day and the hour
	bare  bool       // the month's word says all but the day
	words []maskWord // the literals, and zeros for minutes and seconds
	at    int        // offset of the eight bytes that hold year and month
	mask  uint64     // of these without day, hour, minute and second
}

type fixedLiteral struct {
	at   int
	char byte
}

// maskWord is what eight bytes must be where the mask is not zero.
type maskWord struct {
	at         int
	mask, want uint64
}

// fix returns nil when a step's width is not fixed or is no number.
func fix(steps []layoutStep) *fixedLayout {
	f := &fixedLayout{year: -1, month: -1, day: -1, hour: -1, minute: -1, second: -1}
	for _, s := range steps {
		at, width := &f.year, 2
		switch {
		case s.wide:
			return nil
		case s.verb == 0:
			f.literals = append(f.literals, fixedLiteral{at: f.width, char: s.lit})
			f.width++
			continue
		case s.verb == 'Y':
			width = 4
		case s.verb == 'm':
			at = &f.month
		case s.verb == 'd':
			at = &f.day
		case s.verb == 'H':
			at = &f.hour
		case s.verb == 'M':
			at = &f.minute
		case s.verb == 'S':
			at = &f.second
		default:
			return nil
		}
		*at = f.width
		f.width += width
	}
	f.hasten()
	return f
}

// hasten prepares the comparison by words, where the text has a day and eight of its bytes hold
// both year and month.
func (f *fixedLayout) hasten() {
	f.at = min(f.year, f.month, f.width-8)
	if f.day < 0 || f.at < 0 || max(f.year+4, f.month+2) > f.at+8 {
		return
	}
	f.quick = true
	mask, want := make([]byte, f.width), make([]byte, f.width)
	for _, lit := range f.literals {
		mask[lit.at], want[lit.at] = 0xff, lit.char
	}
	for _, at := range []int{f.minute, f.second} {
		for i := at; at >= 0 && i < at+2; i++ {
			mask[i], want[i] = 0xff, '0'
		}
	}
	// The eight bytes of the month stand for the literals among them too.
	var month [8]byte
	for i := range month {
		at := f.at + i
		month[i] = mask[at]
		if within(at, f.year, 4) || within(at, f.month, 2) {
			month[i] = 0xff
		}
		mask[at] = 0
	}
	f.mask = binary.LittleEndian.Uint64(month[:])
	for i := 0; i < f.width; i++ {
		if mask[i] == 0 {
			continue
		}
		at := min(i, f.width-8)
		w := maskWord{at: at, mask: binary.LittleEndian.Uint64(mask[at:])}
		w.want = binary.LittleEndian.Uint64(want[at:]) & w.mask
		f.words = append(f.words, w)
		clear(mask[at : at+8])
	}
	f.bare = len(f.words) == 0 && f.hour < 0
}

func within(i, at, width int) bool { return at <= i && i < at+width }

// addHour returns the tick of a text of which the day is known. It is not ok when a byte of the
// words or the hour is not what it must be.
func (f *fixedLayout) addHour(s []byte, day int32) (tick int32, ok bool) {
	for _, w := range f.words {
		if binary.LittleEndian.Uint64(s[w.at:])&w.mask != w.want {
			return 0, false
		}
	}
	if f.hour < 0 {
		return day, true
	}
	hour, ok := twoDigits(s, f.hour)
	return day*HoursPerDay + int32(hour), ok && hour < HoursPerDay
}
