package sandbox

import "net/http"

// refuse is a failure in the provider's envelope.
func refuse(status int, code, message string) reply {
	return envelope{Status: status, Code: code, Message: message}.reply()
}

func invalid(message string) reply {
	return refuse(http.StatusUnprocessableEntity, "VALIDATION_FAILED", message)
}

func notFound(code, message string) reply { return refuse(http.StatusNotFound, code, message) }

func conflict(code, message string) reply { return refuse(http.StatusConflict, code, message) }
