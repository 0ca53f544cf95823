package main

// killPoint is the moment of a purchase at which the companion is killed. Its text is a key
// of the report.
type killPoint string

const (
	beforeJournal          killPoint = "before the purchase is written down"        // while the price is checked
	beforeSend             killPoint = "written down, before it has left"           // the request never arrives
	inTransit              killPoint = "sent, before the provider has it"           // it arrives after the kill
	afterCharge            killPoint = "the provider acted, before it answers"      // no response leaves
	midResponse            killPoint = "in the middle of the answer"                //
	afterResponse          killPoint = "the answer has left, before it is written"  // or just after
	beforeNotify           killPoint = "the answer is there, before anyone is told" // some milliseconds later
	afterNotify            killPoint = "the browser is told"                        //
	atRandom               killPoint = "at a random moment after the click"         //
	cancelInTransit        killPoint = "the cancelling is sent, before it arrives"  //
	afterCancel            killPoint = "the provider cancelled, before it answers"  //
	diskFullBeforeClick    killPoint = "not killed: the disk is full before the click"
	diskFullBeforeResponse killPoint = "killed; the disk was full before the answer"
	noKill                 killPoint = "not killed: the companion finds out by itself"
)

// killPoints are the kill points at which the companion really is killed.
var killPoints = []killPoint{
	beforeJournal, beforeSend, inTransit, afterCharge, midResponse, afterResponse, beforeNotify, afterNotify, atRandom,
	cancelInTransit, afterCancel, diskFullBeforeResponse,
}

// fault is what is wrong with the response to a purchase. Its text is a key of the report.
type fault string

const (
	noFault       fault = ""
	droppedBefore fault = "dropped before acting"
	droppedAfter  fault = "dropped after acting"
	failedBefore  fault = "HTTP 500 before acting"
	failedAfter   fault = "HTTP 503 after acting"
	webPage       fault = "HTML 502 after acting"
	truncated     fault = "truncated JSON after acting"
	tooMany       fault = "HTTP 429"
	silence       fault = "no answer at all after acting"
)

var faults = []fault{droppedBefore, droppedAfter, failedBefore, failedAfter, webPage, truncated, tooMany, silence}

// scenario is one purchase of a crash test: when the companion is killed, and what is wrong
// with the provider's response.
type scenario struct {
	killAt killPoint
	fault  fault
}

// scenarios returns scenarios with so many kills, spread over all kill points and faults,
// and now and then one that the companion survives.
func scenarios(kills, offset int) (list []scenario) {
	var each []scenario
	for _, s := range killPoints {
		each = append(each, scenario{killAt: s})
	}
	for _, f := range faults {
		each = append(each, scenario{atRandom, f})
		if f != silence { // the companion would notice it only after half a minute
			each = append(each, scenario{afterNotify, f})
		}
	}
	for k := range kills {
		list = append(list, each[(k+offset*7)%len(each)])
		if k%len(each) == len(each)-1 {
			list = append(list, scenario{noKill, faults[(k/len(each)+offset*2)%len(faults)]}, scenario{killAt: diskFullBeforeClick})
		}
	}
	return list
}
