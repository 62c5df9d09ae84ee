/**
 * A certificate (DER), made once with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650
 * -subj /C=US/O=Example/CN=a.example -addext subjectAltName=DNS:a.example,IP:192.0.2.1`; its key was thrown away.
 */
export const CERTIFICATE: Buffer = Buffer.from([
  'MIIB1jCCAX2gAwIBAgIUWmTU8NGtNDSftvgcbjb4uQjflMAwCgYIKoZIzj0EAwIwMzELMAkGA1UEBhMCVVMxEDAOBgNVBAoMB0V4YW1wbGUxEjAQBgNV',
  'BAMMCWEuZXhhbXBsZTAeFw0yNjExMjMwMTA5MTZaFw0zNjExMjAwMTA5MTZaMDMxCzAJBgNVBAYTAlVTMRAwDgYDVQQKDAdFeGFtcGxlMRIwEAYDVQQD',
  'DAlhLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASaN/vVl7165DaSHIJetoycd+yTDmN40cQxZjf0XFOFqZk1eJv4z6IhAmtsaNxzd+fP',
  'oZQ5D1L7C5zYDj7UO4pIo28wbTAdBgNVHQ4EFgQUssEvwZdNUYFOA+L367+U8Hw++KkwHwYDVR0jBBgwFoAUssEvwZdNUYFOA+L367+U8Hw++KkwDwYD',
  'VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglhLmV4YW1wbGWHBMAAAgEwCgYIKoZIzj0EAwIDRwAwRAIgfR3fqKB66D/45KbHm0DGgdIF3Sryvw0w0Gne',
  'lCpZ5pcCIF8+mUBN9bYhNN2W58FcvXTn+JNQP4CjrPAE0MwbQrD5',
].join(''), 'base64');
