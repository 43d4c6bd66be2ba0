{
  "algorithm": "ed25519",
  "development": false,
  "format": 1,
  "key_id": "249ffdeb124c9f07",
  "public_key": "ed25519:o/W+Yg9iheJ9LOrSe84QPLJsE7yjKObIS7LN9MywLag=",
  "signature": "ssDxa9dfRmjrEtoUn9K4qXpuq345nNktJgF+cPO5A6YLtGvlNOaZehaW6twnGfZTfuwp03RS0iV8GJZuwXHMAg=="
}
