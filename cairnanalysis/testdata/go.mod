module example.com/user

go 1.26.0
