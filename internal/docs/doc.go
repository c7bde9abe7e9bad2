// Package docs reads the fenced code blocks of the documentation, so that its test
// can prove them: the README, the other pages in the root, docs/ and the README of
// every example.
//
// In: Markdown text. Out: its blocks, each with its position and what it claims to
// be. The first word after the fence is the language, the words after it say how the
// block is proved:
//
//	go                     a whole file with a package clause: it is compiled in a
//	                       module of its own beside this one, after the generator
//	                       has run, with -tests, if it has //cairn: directives
//	go name=F              the same, together with the page's other named blocks;
//	                       F is the path of the file in their common module
//	go file=P              an excerpt: its lines stand in file P of this repository,
//	                       one after the other; a line … stands for any others
//	sh                     shell: its syntax is checked
//	sh test                the same, and it is run in the root of the repository; it
//	                       may write below the folder $OUT
//	console                lines "$ command" and what they print: the commands are run
//	                       as by sh test, and the other lines must be found in the
//	                       output in this order; spaces count as one, and … stands
//	                       for anything
//	json                   must be valid JSON
//	text                   not proved; it must not look like Go or shell
//	diff, mermaid          not proved
//
// A block without a language, or with another one, is an error.
package docs
