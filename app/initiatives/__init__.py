"""What the plan sets going: projects with their budgets, systems, equipment, milestones, tasks and duties.

An initiative is never changed in place: each change, a status too, is a version that carries its `seq`. A `package` is
a total that its members make up, so the two are never added. A budget is in đồng, exact. A status of null: nobody
stated one.
"""
