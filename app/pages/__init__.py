"""What people see in a browser: the first page, the pages of problems, the documentation.

Every page stands alone: its styles inside, nothing from another host, a Content-Security-Policy that holds it to that.
"""
