from glidepath.cli import main

main()
