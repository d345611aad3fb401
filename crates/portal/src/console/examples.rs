//! The first call in four languages. The token is read from `TOKEN`, so that no example holds it.

use crate::page::code::Code;

/// The call of an address with a method, each way a block of its own.
pub(crate) fn of(method: &str, address: &str) -> Vec<Code> {
    let curl = format!(
        "export TOKEN=…  # the token above\ncurl -X {method} -H \"Authorization: Bearer $TOKEN\" {address}"
    );
    let python = format!(
        "import os, urllib.request\n\nrequest = urllib.request.Request(\n    \"{address}\",\n    method=\"{method}\",\n    \
         headers={{\"Authorization\": f\"Bearer {{os.environ['TOKEN']}}\"}},\n)\n\
         print(urllib.request.urlopen(request).read().decode())"
    );
    let javascript = format!(
        "const response = await fetch(\"{address}\", {{\n  method: \"{method}\",\n  \
         headers: {{ Authorization: `Bearer ${{process.env.TOKEN}}` }},\n}});\n\
         console.log(response.status, await response.text());"
    );
    let go = format!(
        "package main\n\nimport (\n\t\"fmt\"\n\t\"io\"\n\t\"net/http\"\n\t\"os\"\n)\n\nfunc main() {{\n\
         \trequest, err := http.NewRequest(\"{method}\", \"{address}\", nil)\n\tif err != nil {{\n\t\tpanic(err)\n\t}}\n\
         \trequest.Header.Set(\"Authorization\", \"Bearer \"+os.Getenv(\"TOKEN\"))\n\
         \tresponse, err := http.DefaultClient.Do(request)\n\tif err != nil {{\n\t\tpanic(err)\n\t}}\n\
         \tdefer response.Body.Close()\n\tbody, _ := io.ReadAll(response.Body)\n\
         \tfmt.Println(response.Status, string(body))\n}}"
    );
    vec![
        Code::new("example-curl", "curl", curl),
        Code::new("example-python", "Python", python),
        Code::new("example-javascript", "JavaScript", javascript),
        Code::new("example-go", "Go", go),
    ]
}
