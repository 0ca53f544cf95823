package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// label says what is to be filled into one page. A selector may go through a shadow root,
// "host >>> inner", or into a frame, "frame |> inner".
type label struct {
	File   string `json:"file"`
	Lang   string `json:"lang,omitempty"`
	Expect struct {
		OTP        []string `json:"otp"` // in order; none: no code may be filled here
		Tel        []string `json:"tel"`
		TelCountry string   `json:"tel_country"`
		Mirrors    []string `json:"mirrors"` // fields that the page keeps in step itself
	} `json:"expect"`
	Code    string `json:"code"`
	Number  string `json:"number"`  // in E.164
	Country string `json:"country"` // ISO 3166, of the number
	Hard    string `json:"hard,omitempty"`
}

// decoyCode is offered to pages that ask for no code.
const decoyCode = "493027"

// The reasons for which a page is hard.
const (
	trustedKeys  = "isTrusted"          // only a real keyboard can fill it
	closedShadow = "closed shadow root" // counted apart
)

// readLabels reads the labels of the pages whose file name matches only, or of all pages.
func readLabels(dir, only string) (labels []label, err error) {
	file := filepath.Join(dir, "labels.json")
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &labels)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is to be filled: %w", err)
	}
	for _, l := range labels {
		switch _, err := os.Stat(filepath.Join(dir, l.File)); {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", file, err)
		case len(l.Expect.OTP) > 0 && l.Code == "":
			return nil, fmt.Errorf("%s: %s has a code field and no code", file, l.File)
		case len(l.Expect.Tel) > 0 && (l.Number == "" || len(l.Country) != 2):
			return nil, fmt.Errorf("%s: %s has a phone field and no number, or no country", file, l.File)
		}
	}
	return slices.DeleteFunc(labels, func(l label) bool {
		fits, _ := filepath.Match(only, l.File)
		return only != "" && !fits
	}), nil
}

// offeredCode returns the page's own code, or decoyCode if it has none.
func (l label) offeredCode() string {
	if l.Code == "" {
		return decoyCode
	}
	return l.Code
}

// codeFields returns the fields that may change when a code is filled.
func (l label) codeFields() []string {
	if len(l.Expect.OTP) == 0 {
		return []string{}
	}
	return slices.Concat(l.Expect.OTP, l.Expect.Mirrors)
}

// numberFields returns the fields that may change when a number is filled.
func (l label) numberFields() []string {
	fields := slices.Concat(l.Expect.Tel, l.Expect.Mirrors)
	if l.Expect.TelCountry != "" {
		fields = append(fields, l.Expect.TelCountry)
	}
	return fields
}
