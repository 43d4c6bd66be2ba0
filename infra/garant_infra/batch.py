from aws_cdk import Stack


class BatchStack(Stack):
    def __init__(self, scope, construct_id, *, env, key, boundary, profile, schedule, interactive):
        super().__init__(scope, construct_id, env=env)
