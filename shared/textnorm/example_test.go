package textnorm_test

import (
	"fmt"

	"github.com/logspanel/companion/shared/textnorm"
)

func ExampleFolder_Fold() {
	fmt.Println(textnorm.Folder{}.Fold("Código de verificação"))
	fmt.Println(textnorm.Folder{Identifiers: true}.Fold("smsCode2"))
	// Output:
	// codigo de verificacao
	// sms code 2
}

func ExampleQuery_Matches() {
	names := textnorm.SearchText("Telegram", "Côte d'Ivoire")
	fmt.Println(textnorm.ParseQuery("cote tele").Matches(names))
	fmt.Println(textnorm.ParseQuery("gram").Matches(names))
	// Output:
	// true
	// false
}
