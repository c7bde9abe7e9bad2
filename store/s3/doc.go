// Package s3 keeps blobs in a bucket of an object store that speaks the S3 protocol, and
// calls none of them durable before it has read it back.
//
// What goes in is a URL, or a client of aws-sdk-go-v2 and a bucket; what comes out is a
// store.Store. A program that imports this package can open its stores with store.Open and
// ckpt.Open:
//
//	s3://BUCKET/PREFIX?endpoint=http://127.0.0.1:7070&region=us-east-1
//
// All after the bucket may be left out. The query has these keys:
//
//	endpoint    the server, if it is not that of AWS; buckets are then named in the path
//	region      else that of the AWS configuration, else us-east-1
//	style       path or host: where a request names the bucket
//	part        bytes of a part of a large blob, 5 MiB to 5 GiB; 16 MiB if it is missing
//
// Credentials are looked for where every program of the AWS SDK does: environment, shared
// files, roles of the machine.
//
// # What a nil error means
//
// Some servers answer 200 to what they have not kept, or kept otherwise: a truncated body, a
// body in the frames of its transfer, nothing at all. So Put reads every blob back, and
// compares length and SHA-256 with what was written. Reading is tried again for a while, for
// stores that show a blob late; a blob of one part is also sent again. If it never reads
// back right, Put fails with [ErrUnverified], and what was read wrong is deleted.
//
// Requests are retried with growing pauses. Bodies are sent whole from memory with a CRC-32C
// in the header, never in chunks with trailers. A blob of several parts needs memory for
// four of them. A process that dies leaves unfinished parts behind that no listing shows;
// tell the bucket to drop them with a lifecycle rule (AbortIncompleteMultipartUpload).
//
// A Put over an existing name replaces the object in one step if the server does as S3 does.
// If the server lies, the old blob may be gone; use a new name for what must not be lost.
package s3
