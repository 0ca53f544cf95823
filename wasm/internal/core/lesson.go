package core

import (
	"time"

	"github.com/logspanel/companion/wasm/internal/fields"
)

// Lesson is which fields a person has pointed at in the pages or frames of one host,
// since none was found there or a wrong one.
type Lesson struct {
	At     time.Time    `json:"at"`
	Number *fields.Mark `json:"number,omitempty"`
	Code   *fields.Mark `json:"code,omitempty"`
}

const mostLessons = 300

// learn remembers the field that a person has pointed at, where it can be told again.
func (c *Core) learn(r request, at fields.Place) {
	mark, known := at.Mark()
	if !known {
		return
	}
	l := c.lessons[host(at.Origin())]
	l.At = c.state.Now
	if !r.number() {
		l.Code = &mark
	} else {
		l.Number = &mark
	}
	c.lessons[host(at.Origin())] = l
	for len(c.lessons) > mostLessons {
		delete(c.lessons, oldest(c.lessons))
	}
	c.do(Effect{Do: Learn, Lessons: c.lessons})
}

func oldest(l map[string]Lesson) (host string) {
	for h, lesson := range l {
		if host == "" || lesson.At.Before(l[host].At) {
			host = h
		}
	}
	return host
}

// learned is the field that a person once pointed at for the same.
func (c *Core) learned(r request, pages []fields.Page) (fields.Place, bool) {
	return fields.Recognise(pages, r.code.Written, func(origin string) (fields.Mark, bool) {
		l := c.lessons[host(origin)]
		mark := l.Number
		if !r.number() {
			mark = l.Code
		}
		if mark == nil {
			return fields.Mark{}, false
		}
		return *mark, true
	})
}

// unlearn forgets every field that was pointed at.
func (c *Core) unlearn() {
	c.lessons = map[string]Lesson{}
	c.do(Effect{Do: Learn, Lessons: c.lessons})
}
