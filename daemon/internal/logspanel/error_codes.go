package logspanel

import "slices"

// The error codes that the provider publishes. It may send others, which are passed on.
const (
	CodeUnauthenticated          = "UNAUTHENTICATED"
	CodeUserDisabled             = "USER_DISABLED"
	CodeUserBanned               = "USER_BANNED"
	CodeValidationFailed         = "VALIDATION_FAILED"
	CodeMethodNotAllowed         = "METHOD_NOT_ALLOWED"
	CodeInsufficientBalance      = "INSUFFICIENT_BALANCE"
	CodeNumberServiceNotFound    = "NUMBER_SERVICE_NOT_FOUND"
	CodeNumberOutOfStock         = "NUMBER_OUT_OF_STOCK"
	CodeOutOfStock               = "OUT_OF_STOCK"
	CodeNumberPriceChanged       = "NUMBER_PRICE_CHANGED"
	CodeNumberOrderNotFound      = "NUMBER_ORDER_NOT_FOUND"
	CodeBoostOrderNotFound       = "BOOST_ORDER_NOT_FOUND"
	CodeNumberCodeReceived       = "NUMBER_CODE_ALREADY_RECEIVED"
	CodeNumberRefundFailed       = "NUMBER_REFUND_FAILED"
	CodeBoostCancelUnavailable   = "BOOST_CANCEL_UNAVAILABLE"
	CodeBoostCancelRejected      = "BOOST_CANCEL_REJECTED"
	CodeIdempotencyKeyReused     = "IDEMPOTENCY_KEY_REUSED"
	CodeLogCategoryNotFound      = "LOG_CATEGORY_NOT_FOUND"
	CodeBoostServiceNotFound     = "BOOST_SERVICE_NOT_FOUND"
	CodeBoostQuantityRequired    = "BOOST_QUANTITY_REQUIRED"
	CodeBoostQuantityOutOfRange  = "BOOST_QUANTITY_OUT_OF_RANGE"
	CodeBoostLinkRequired        = "BOOST_LINK_REQUIRED"
	CodeToolNotFound             = "TOOL_NOT_FOUND"
	CodeToolOrderNotFound        = "TOOL_ORDER_NOT_FOUND"
	CodeToolAlreadyOwned         = "TOOL_ALREADY_OWNED"
	CodeToolDownloadNotAvailable = "TOOL_DOWNLOAD_NOT_AVAILABLE"
	CodeToolDownloadFailed       = "TOOL_DOWNLOAD_FAILED"
)

// Codes lists every published error code.
var Codes = []string{
	CodeUnauthenticated, CodeUserDisabled, CodeUserBanned, CodeValidationFailed, CodeMethodNotAllowed,
	CodeInsufficientBalance, CodeNumberServiceNotFound, CodeNumberOutOfStock, CodeOutOfStock,
	CodeNumberPriceChanged, CodeNumberOrderNotFound, CodeBoostOrderNotFound, CodeNumberCodeReceived,
	CodeNumberRefundFailed, CodeBoostCancelUnavailable, CodeBoostCancelRejected, CodeIdempotencyKeyReused,
	CodeLogCategoryNotFound, CodeBoostServiceNotFound, CodeBoostQuantityRequired, CodeBoostQuantityOutOfRange,
	CodeBoostLinkRequired, CodeToolNotFound, CodeToolOrderNotFound, CodeToolAlreadyOwned,
	CodeToolDownloadNotAvailable, CodeToolDownloadFailed,
}

func isPublished(code string) bool { return slices.Contains(Codes, code) }
